import type { Setup } from '../fleet/setup.ts';
import type { Scene } from '../script/scene.ts';
import type { Step } from '../script/step.ts';
import type { KeepAlive } from '../traffic/keep-alive-load.ts';

/** One way of blue-green as the demo shows it. */
export interface DemoRoute extends Setup {
  /** The service that is released. */
  readonly service: string;
  /** Host headers of the background traffic; the load of the play asks for the first one. */
  readonly hosts: readonly string[];
  /** True: the traffic has users, too, who keep their cookies. */
  readonly hasUsers: boolean;
  /** How connections are kept by the load of the play; by autocannon. */
  readonly keep?: KeepAlive;
  /** What a person may try on the page, line by line. */
  readonly tries: readonly string[];
  /** The play of `--script`. */
  readonly steps: readonly Step<Scene>[];
}
