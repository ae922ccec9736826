/** Times are shown in the reader's own zone, as Slack does. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

export function dateOf(ts) {
  return new Date(Number(ts) * 1000);
}

export function timeOf(ts) {
  return clock.format(dateOf(ts));
}

export function wholeTime(ts) {
  return whole.format(dateOf(ts));
}

/** Today, Yesterday, or the day by name. */
export function dayOf(ts) {
  const then = dateOf(ts).toDateString();
  if (then === new Date().toDateString()) return 'Today';
  if (then === new Date(Date.now() - 86_400_000).toDateString()) return 'Yesterday';
  return day.format(dateOf(ts));
}

const dateForms = {
  date_num: (date) => date.toISOString().slice(0, 10),
  date: (date) =>
    date.toLocaleDateString(undefined, { day: 'numeric', month: 'long', year: 'numeric' }),
  date_short: (date) =>
    date.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' }),
  date_long: (date) => date.toLocaleDateString(undefined, { dateStyle: 'full' }),
  time: (date) => clock.format(date),
  time_secs: (date) => clockSeconds.format(date),
};

/** Slack's `<!date^seconds^format|fallback>`: the format's tokens replaced in the reader's zone. */
export function formatDate(seconds, format) {
  const date = new Date(Number(seconds) * 1000);
  return format.replace(/\{(\w+?)(_pretty)?\}/g, (token, name, pretty) => {
    if (pretty && ['Today', 'Yesterday'].includes(dayOf(seconds))) {
      return dayOf(seconds).toLowerCase();
    }
    return dateForms[name]?.(date) ?? token;
  });
}
