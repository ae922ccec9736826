import { byType, type Check, object, oneOf, text, yesOrNo } from './check.ts';

/** A plain_text object of at most that many characters. */
export function plainText(most: number): Check {
  return byType({
    plain_text: object({ type: oneOf('plain_text'), text: text(1, most) }, { emoji: yesOrNo }),
  });
}

/** A plain_text or mrkdwn object of at most that many characters. */
export function anyText(most: number): Check {
  return byType({
    plain_text: plainText(most),
    mrkdwn: object({ type: oneOf('mrkdwn'), text: text(1, most) }, { verbatim: yesOrNo }),
  });
}

export const blockId = text(1, 255);

/** What every block may carry. */
export const common = { block_id: blockId };
