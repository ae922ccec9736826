import { haproxyName, section } from './file-leaves.ts';

/** `sides` of a route whose sides are two backends. */
export const backendSides = section({
  blue: haproxyName("a backend's name"),
  green: haproxyName("a backend's name"),
}).superRefine(({ blue, green }, context) => {
  if (blue !== green) return;
  const hint = 'blue has it already; a switch would move nothing';
  context.addIssue({
    code: 'custom',
    path: ['green'],
    message: 'a backend of its own',
    params: { hint },
  });
});
