/** Slack knows this installation not, or no longer: nothing can begin. The message is a sentence for the operator. */
export class SlackRefused extends Error {
  override readonly name = 'SlackRefused';

  constructor(variable: string, why: string, options?: ErrorOptions) {
    super(
      `Slack does not accept ${variable}: ${why}. Install the app again, or copy the token anew from its settings.`,
      options,
    );
  }
}
