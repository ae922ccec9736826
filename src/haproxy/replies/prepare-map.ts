/** The number of the prepared version, `New version created: 1`; undefined where HAProxy refused. */
export function parsePrepareMap(reply: string): number | undefined {
  const number = /^New version created: (\d+)\n\n$/.exec(reply)?.[1];
  return number === undefined ? undefined : Number(number);
}
