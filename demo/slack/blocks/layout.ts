import { button } from './buttons.ts';
import { byType, type Check, isRecord, list, object, oneOf, text, yesOrNo } from './check.ts';
import { anyText, common, plainText } from './text-objects.ts';

const oneSource: Check = (value, at, report) => {
  if (!isRecord(value)) return;
  const sources = ['image_url', 'slack_file'].filter((field) => value[field] !== undefined);
  if (sources.length !== 1) report({ at, what: 'must have either image_url or slack_file' });
};

const slackFile = object({}, { id: text(1, 255), url: text(1, 3000) });
const imageFields = { image_url: text(1, 3000), slack_file: slackFile };

const imageElement: Check = (value, at, report) => {
  object({ type: oneOf('image'), alt_text: text(1, 2000) }, imageFields)(value, at, report);
  oneSource(value, at, report);
};

export const imageBlock: Check = (value, at, report) => {
  object(
    { type: oneOf('image'), alt_text: text(1, 2000) },
    { ...imageFields, title: plainText(2000), ...common },
  )(value, at, report);
  oneSource(value, at, report);
};

export const headerBlock = object({ type: oneOf('header'), text: plainText(150) }, common);

export const dividerBlock = object({ type: oneOf('divider') }, common);

const sectionShape = object(
  { type: oneOf('section') },
  {
    text: anyText(3000),
    fields: list(1, 10, anyText(2000)),
    accessory: byType({ button, image: imageElement }),
    expand: yesOrNo,
    ...common,
  },
);

export const sectionBlock: Check = (value, at, report) => {
  sectionShape(value, at, report);
  if (isRecord(value) && value.text === undefined && value.fields === undefined) {
    report({ at, what: 'missing required field: text or fields' });
  }
};

export const contextBlock = object(
  {
    type: oneOf('context'),
    elements: list(
      1,
      10,
      byType({ plain_text: plainText(3000), mrkdwn: anyText(3000), image: imageElement }),
    ),
  },
  common,
);

export const markdownBlock = object({ type: oneOf('markdown'), text: text(1, 12_000) }, common);
