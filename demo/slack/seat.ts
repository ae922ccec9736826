import { slacksOwn } from '../../src/slack/slacks-own.ts';
import { type DeliveryError, errorWord, type Outcome } from './delivery/delivery.ts';
import { typedText } from './markup.ts';
import { buttonsOf, type Ephemeral, type Message } from './message.ts';
import type { Modal } from './modals.ts';
import { blockActions, eventCallback, slashCommand, viewSubmission } from './payloads.ts';
import type { Origin } from './response-urls.ts';
import type { SlackWorld } from './slack-world.ts';
import { type Channel, channelNamed, type Person } from './workspace.ts';

/** What came of a command or a press. */
export interface Asked {
  readonly ack: Outcome['kind'];
  /** What the person is shown where the app did not take it. */
  readonly error?: DeliveryError;
  /** Identity of this delivery. */
  readonly triggerId: string;
  readonly responseUrl: string;
  /** What only this person has been shown since, in answer to this: read it again for later answers. */
  readonly answers: readonly Message[];
}

/** Where something is done; absent: the first channel. */
export interface Place {
  readonly channel?: string;
}

/** One person at the local Slack: types, presses, reads. */
export class Seat {
  readonly person: Person;
  readonly #world: SlackWorld;

  constructor(person: Person, world: SlackWorld) {
    this.person = person;
    this.#world = world;
  }

  /** Types a slash command, and resolves when the app has taken it or three seconds are over. */
  async command(command: string, text = '', place: Place = {}): Promise<Asked> {
    const { workspace } = this.#world;
    const channel = this.#channel(place);
    const { ids, origin } = this.#begin({ channel });
    const registered = workspace.commands.find((known) => known.command === command);
    if (registered === undefined && slacksOwn.has(command)) {
      this.hear(`\`${command}\` is Slack's own command: no app hears of it.`, place, ids.triggerId);
      return this.#asked(
        { kind: 'failed', why: 'Slack keeps it for itself' },
        undefined,
        ids,
        origin,
      );
    }
    const form = registered?.shouldEscape === false ? 'plain' : 'command';
    const typed = typedText(text, workspace, form);
    const outcome = await this.#world.courier.deliver({
      type: 'slash_commands',
      payload: slashCommand({ command, text: typed }, this.person, channel, workspace, ids),
    });
    const error = errorWord(outcome) ?? this.#takeAnswer(origin, outcome);
    if (error) this.hear(`\`${command}\` failed with the error "${error}"`, place, origin.request);
    return this.#asked(outcome, error, ids, origin);
  }

  /**
   * Presses a button of a message as this person saw it (it may have changed since), found by action id or label.
   * Confirm dialogs are taken as confirmed.
   */
  async press(
    message: Message,
    button: string | { readonly blockId: string; readonly actionId: string },
  ): Promise<Asked> {
    const { workspace, courier } = this.#world;
    const found = buttonsOf(message).find((known) =>
      typeof button === 'string'
        ? known.actionId === button || known.label === button
        : known.actionId === button.actionId && known.blockId === button.blockId,
    );
    if (!found) throw new Error(noButton(JSON.stringify(button), message));
    const channel = this.#channel({ channel: message.channel });
    const { ids, origin } = this.#begin({
      channel,
      pressed: {
        ts: message.ts,
        ephemeral: message.is_ephemeral === true,
        ...(shownInThread(message) ? { threadTs: message.thread_ts } : {}),
      },
    });
    const payload = blockActions(found, message, this.person, channel, workspace, ids);
    const outcome = await courier.deliver({ type: 'interactive', payload });
    return this.#asked(outcome, errorWord(outcome), ids, origin);
  }

  /** The dialogs this person has open, oldest first. */
  get modals(): readonly Modal[] {
    return this.#world.modals.of(this.person.id);
  }

  /** Submits a dialog, `values` by block id; it closes when the app has taken it. */
  async submit(modal: Modal, values: Readonly<Record<string, string>> = {}): Promise<Asked> {
    const { workspace, courier, modals } = this.#world;
    const { ids, origin } = this.#begin({ channel: this.#channel({}) });
    const payload = viewSubmission(modal, values, this.person, workspace, ids);
    const outcome = await courier.deliver({ type: 'interactive', payload });
    if (outcome.kind === 'acknowledged') modals.close(modal);
    return this.#asked(outcome, errorWord(outcome), ids, origin);
  }

  /** Closes a dialog without an answer: the app is not told. */
  dismiss(modal: Modal): void {
    this.#world.modals.close(modal);
  }

  /** Says something to the app: `@pointsman ` and the text, in the channel or in a thread. */
  mention(text: string, threadTs?: string, place: Place = {}): Message {
    return this.say(`@${this.#world.workspace.app.handle} ${text}`, threadTs, place);
  }

  /** Writes a message; the app is told of it only where it mentions the app. */
  say(text: string, threadTs?: string, place: Place = {}): Message {
    const { workspace, board } = this.#world;
    const channel = this.#channel(place);
    const message = board.post({
      channel: channel.id,
      user: this.person.id,
      team: this.person.teamId ?? workspace.team.id,
      text: typedText(text, workspace, 'message'),
      ...(threadTs ? { thread_ts: threadTs } : {}),
    });
    if (message.text.includes(`<@${workspace.app.userId}>`)) {
      this.#tell({
        type: 'app_mention',
        user: this.person.id,
        ts: message.ts,
        text: message.text,
        team: message.team,
        ...(threadTs ? { thread_ts: threadTs } : {}),
        channel: channel.id,
        event_ts: message.ts,
        ...(this.person.teamId
          ? { user_team: this.person.teamId, source_team: this.person.teamId }
          : {}),
      });
    }
    return message;
  }

  /** Shows this person something that Slack itself says. */
  hear(text: string, place: Place = {}, request?: string): void {
    const { board, workspace } = this.#world;
    const { id: channel } = this.#channel(place);
    const draft = { channel, user: 'USLACKBOT', team: workspace.team.id, text };
    board.whisper(this.person.id, draft, request);
  }

  /** Opens the app's Home tab. */
  openHome(): void {
    this.#tell({
      type: 'app_home_opened',
      user: this.person.id,
      channel: `D${this.person.id.slice(1)}`,
      tab: 'home',
      event_ts: this.#world.board.nextTs(),
    });
  }

  /** What only this person sees, oldest first. */
  get ephemerals(): readonly Message[] {
    return this.#world.board.ephemerals(this.person.id).map(({ message }) => message);
  }

  #begin({ channel, pressed }: { channel: Channel; pressed?: NonNullable<Origin['pressed']> }) {
    const { board, responseUrls, newId } = this.#world;
    const triggerId = `${board.nextTs()}.${newId('')}`;
    this.#world.modals.trigger(triggerId, this.person.id);
    const origin: Origin = {
      request: triggerId,
      user: this.person.id,
      channel: channel.id,
      ...(pressed ? { pressed } : {}),
    };
    const ids = { triggerId, responseUrl: responseUrls.give(origin), ts: board.nextTs() };
    return { ids, origin };
  }

  /** Shows what the acknowledgement carried; the word for the error where Slack would refuse it. */
  #takeAnswer(origin: Origin, outcome: Outcome): DeliveryError | undefined {
    if (outcome.kind !== 'acknowledged' || !hasContent(outcome.payload)) return undefined;
    const taken = this.#world.responseUrls.answer(origin, outcome.payload);
    return taken.ok ? undefined : 'invalid_command_response';
  }

  #asked(
    outcome: Outcome,
    error: DeliveryError | undefined,
    ids: { readonly triggerId: string; readonly responseUrl: string; readonly ts: string },
    origin: Origin,
  ): Asked {
    const answers = () => this.#answersTo(origin, ids.ts);
    return {
      ack: outcome.kind,
      ...(error ? { error } : {}),
      triggerId: ids.triggerId,
      responseUrl: ids.responseUrl,
      get answers() {
        return answers();
      },
    };
  }

  /** Answers by name of the delivery, and `chat.postEphemeral` in that place since then, which names none. */
  #answersTo({ request, channel }: Origin, since: string): Message[] {
    const isAnswer = (ephemeral: Ephemeral) =>
      ephemeral.request === undefined
        ? ephemeral.message.channel === channel && ephemeral.message.ts > since
        : ephemeral.request === request;
    return this.#world.board
      .ephemerals(this.person.id)
      .filter(isAnswer)
      .map(({ message }) => message);
  }

  #tell(event: Readonly<Record<string, unknown>>): void {
    const { workspace, courier, newId, board } = this.#world;
    const ids = { eventId: newId('Ev'), ts: board.nextTs() };
    void courier.deliver({ type: 'events_api', payload: eventCallback(event, workspace, ids) });
  }

  #channel({ channel }: Place): Channel {
    const { workspace } = this.#world;
    const found = channel ? channelNamed(workspace, channel) : workspace.channels[0];
    if (!found) throw new Error(`there is no channel "${channel}" in the local Slack`);
    return found;
  }
}

function hasContent(payload: unknown): boolean {
  if (typeof payload === 'string') return payload !== '';
  return typeof payload === 'object' && payload !== null && Object.keys(payload).length > 0;
}

function noButton(button: string, message: Message): string {
  const there = buttonsOf(message).map(({ label }) => `"${label}"`);
  return `message ${message.ts} has no button ${button}; it has ${there.join(', ') || 'none'}`;
}

/** A root and a broadcast reply are pressed in the channel; other replies in their thread. */
function shownInThread(message: Message): message is Message & { readonly thread_ts: string } {
  const { thread_ts: root, ts, subtype } = message;
  return root !== undefined && root !== ts && subtype === undefined;
}
