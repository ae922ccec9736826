import type { DriftOffer } from './journal-entry.ts';
import type { ReleaseId, ServiceName, Side } from './vocabulary.ts';

/**
 * Something people are to be told. Goes into the outbox in the transaction of the row it tells of.
 * Texts are plain sentences: `@U0ANN` names a person, backticks mark code; the face that shows them escapes the rest.
 */
export type Announcement =
  /** The release's one message: posted once, then edited to the newest state. */
  | { readonly kind: 'card'; readonly release: ReleaseId }
  /** A detail in the release's thread. */
  | { readonly kind: 'note'; readonly release: ReleaseId; readonly text: string }
  /** In the thread and in the channel: a failure, a rollback, a needed decision. */
  | { readonly kind: 'broadcast'; readonly release: ReleaseId; readonly text: string }
  /** In the service's channel, where no release is concerned. `reapply` adds the buttons Re-apply and Accept <side>. */
  | {
      readonly kind: 'channel';
      readonly service?: ServiceName;
      readonly text: string;
      readonly reapply?: { readonly side: Side; readonly found: Side };
      /** The same of single servers: the button Re-apply. */
      readonly again?: true;
      /** Where several services are told of at once: the buttons of each. */
      readonly offers?: readonly DriftOffer[];
    };
