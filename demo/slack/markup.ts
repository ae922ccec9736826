import type { Workspace } from './workspace.ts';

const meant = /<(?:[@#][A-Z0-9]+(?:\|[^<>]*)?|![^<>]+|(?:https?|mailto|tel):[^<>]+)>/g;

/**
 * Text as Slack keeps it: `&`, `<` and `>` that are not part of an entity or of a `<...>` form become entities.
 * What is escaped already stays as it is.
 */
export function storedText(text: string): string {
  let stored = '';
  let from = 0;
  for (const match of text.matchAll(meant)) {
    stored += escapeStray(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return stored + escapeStray(text.slice(from));
}

function escapeStray(text: string): string {
  return text
    .replace(/&(?!amp;|lt;|gt;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** What a person typed, as Slack sends it on: special characters escaped, names and channels as ids. */
export function typedText(
  text: string,
  workspace: Workspace,
  form: 'message' | 'command' | 'plain',
): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (form === 'plain') return escaped;
  const label = (name: string) => (form === 'command' ? `|${name}` : '');
  return escaped
    .replace(/(?<![\w.@/])@([\w.-]*\w)/g, (typed, name: string) => {
      const id = idOfHandle(name.toLowerCase(), workspace);
      return id ? `<@${id}${label(name.toLowerCase())}>` : typed;
    })
    .replace(/(?<![\w&])#([a-z0-9_-]+)/g, (typed, name: string) => {
      const channel = workspace.channels.find((known) => known.name === name);
      return channel ? `<#${channel.id}|${name}>` : typed;
    })
    .replace(/(?<!\S)https?:\/\/[^\s<>]+/g, (link) => `<${link}>`);
}

function idOfHandle(handle: string, { app, people }: Workspace): string | undefined {
  if (handle === app.handle) return app.userId;
  return people.find((person) => person.name === handle)?.id;
}
