import type { KnownBlock } from '@slack/types';
import { isServersRelease, type Release } from '../release/release.ts';
import { isEnd, stateTitle } from '../release/states.ts';
import { releaseButtons } from './card-buttons.ts';
import { anchorLine, endLines } from './card-ending.ts';
import { attentionLines, factLines, gateLines, standingLines } from './card-lines.ts';
import { nodeTable } from './card-nodes.ts';
import { serversTable } from './card-servers.ts';
import { endedUnbegun, stageList } from './card-stages.ts';
import type { CardView } from './card-view.ts';
import { context, header, type Message, message, section } from './message.ts';
import { progressBar } from './progress-bar.ts';
import { cutText, typedText } from './slack-text.ts';

/** The one message of a release, whole, for the state it is in. */
export function card(release: Release, view: CardView): Message {
  const title = `${release.id} · ${stateTitle(release.state)}`;
  const facts = factLines(release, view).join('\n');
  const attention = attentionLines(release);
  const gates = gateLines(release);
  const standing = standingLines(release, view);
  const ending = endLines(release);
  const buttons = releaseButtons(release, view.hold);
  const blocks: readonly (KnownBlock | undefined)[] = [
    header(title),
    section(facts),
    ...attention.map(section),
    stageList(release),
    progressLine(release, view),
    placesTable(release, view),
    ...gates.map((line) => context(line)),
    standing.length === 0 ? undefined : context(standing.join('\n')),
    ending.length === 0 ? undefined : section(ending.join('\n')),
    view.repeated === undefined ? undefined : context(view.repeated),
    buttons,
    isEnd(release.state) ? context(anchorLine(release)) : undefined,
  ];
  const lines = [
    title,
    ...(view.repeated === undefined ? [] : [view.repeated]),
    facts,
    ...attention,
    ...gates,
    ...standing,
    ...ending,
  ];
  return message(
    textOf(lines, isEnd(release.state) ? anchorLine(release) : undefined),
    blocks.filter((block) => block !== undefined),
  );
}

/** Where nothing was begun, what the nodes had at that moment says nothing any more. */
function placesTable(release: Release, view: CardView): KnownBlock | undefined {
  if (endedUnbegun(release)) return undefined;
  return isServersRelease(release) ? serversTable(release, view) : nodeTable(release, view);
}

function progressLine(release: Release, { progress }: CardView): KnownBlock | undefined {
  if (progress === undefined || isEnd(release.state)) return undefined;
  const share = progressBar(progress.done, progress.total);
  const bar = share === '' || progress.of === undefined ? share : `${share} ${progress.of}`;
  return context([bar, typedText(progress.text)].filter((part) => part !== '').join('  '));
}

/** The anchor has to be the last line even where the rest is cut. */
function textOf(lines: readonly string[], anchor: string | undefined): string {
  const text = lines.join('\n');
  if (anchor === undefined) return text;
  const room = 3_800 - anchor.length;
  return `${cutText(text, room)}\n${anchor}`;
}
