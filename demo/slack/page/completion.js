/**
 * What could stand where the person is typing: commands at the start of the box, names after an @.
 * Each offer: what is shown, and the whole text of the box once it is taken.
 */
export function offers(text, caret, { commands, people, app }) {
  const typed = text.slice(0, caret);
  if (/^\/\S*$/.test(typed)) {
    return commands
      .filter(({ command }) => command.startsWith(typed))
      .map(({ command, usageHint, description }) => ({
        label: command,
        hint: usageHint,
        detail: description,
        text: `${command} ${text.slice(caret).trimStart()}`,
        caret: command.length + 1,
      }));
  }
  const at = /(?:^|\s)@([\w.-]*)$/.exec(typed);
  if (!at) return [];
  const start = caret - at[1].length;
  const named = [
    { name: app.handle, realName: app.name, detail: 'App' },
    ...people.map(({ name, realName, title }) => ({ name, realName, detail: title })),
  ];
  return named
    .filter(({ name, realName }) =>
      `${name} ${realName}`.toLowerCase().includes(at[1].toLowerCase()),
    )
    .map(({ name, realName, detail }) => ({
      label: `@${name}`,
      hint: realName,
      detail,
      text: `${text.slice(0, start)}${name} ${text.slice(caret).trimStart()}`,
      caret: start + name.length + 1,
    }));
}

/** The registered command the text begins with, once it is typed whole. */
export function commandIn(text, commands) {
  const name = /^\/\S+(?=\s)/.exec(text)?.[0];
  return commands.find(({ command }) => command === name);
}
