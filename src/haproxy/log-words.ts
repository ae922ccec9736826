/** What HAProxy's log lines give as the reason: its alerts, or all lines where there is none. One line, without its end. */
export function reasonIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const alerts = lines
    .flatMap((line) => /^\[ALERT\]\s+\(\d+\) : (?:config : )?(.+)$/.exec(line)?.[1] ?? [])
    .filter((words) => !words.startsWith('Fatal errors found in configuration'));
  return (alerts.length > 0 ? alerts : lines)
    .map((line) => line.trim().replace(/\.$/, ''))
    .join('; ');
}
