import type {
  BakePlan,
  HookPlan,
  HookPoint,
  Observed,
  PlanKind,
  SidePlan,
  SmokeCheck,
  Step,
} from './plan.ts';
import { type SideTarget, traitsOf } from './target.ts';
import type { ReleaseId, ServiceName, Side } from './vocabulary.ts';

/** The service's rules a plan is made from; the configuration's service has this shape. */
export interface PlanSettings {
  readonly name: ServiceName;
  readonly approval: {
    readonly approvers: number;
    readonly selfApproval: boolean;
    readonly expiresMs: number;
  };
  readonly gates: {
    readonly healthyReadings: number;
    readonly minimumHealthy: number | 'all';
    readonly timeoutMs: number;
  };
  readonly smoke: readonly SmokeCheck[];
  readonly bake: BakePlan;
  readonly accept: 'manual' | 'auto';
  readonly acceptance: { readonly remindMs: number; readonly expiresMs: number | null };
  readonly drain: { readonly timeoutMs: number; readonly then: 'wait' | 'shutdown' };
  readonly hooks?: Readonly<Partial<Record<HookPoint, HookPlan>>>;
  /** SHA-256 of this service's part of the configuration, its fleet's included. */
  readonly digest: string;
}

export interface PlanAsk {
  readonly kind: PlanKind;
  readonly from: Side;
  readonly to: Side;
  readonly version?: string;
  readonly takesBack?: ReleaseId;
  readonly foreign?: 'kept';
  readonly target: SideTarget;
  readonly observed: readonly Observed[];
  readonly alsoUsed?: readonly string[];
}

/** Makes the plan of one release. Pure: the same ask and settings give the same digest. */
export function makePlan(ask: PlanAsk, settings: PlanSettings): SidePlan {
  const forward = ask.kind === 'forward';
  return {
    ...ask,
    service: settings.name,
    approvers: forward ? settings.approval.approvers : 0,
    selfApproval: settings.approval.selfApproval,
    approvalMs: settings.approval.expiresMs,
    steps: forward ? forwardSteps(ask, settings) : takingBackSteps(ask, settings),
    ...hooksFor(ask.kind, settings.hooks),
    configDigest: settings.digest,
  };
}

/** A rollback runs nothing before it is done: nobody waits for a script. An adoption runs nothing at all. */
function hooksFor(kind: PlanKind, hooks: PlanSettings['hooks']): Pick<SidePlan, 'hooks'> {
  if (hooks === undefined || kind === 'adopt') return {};
  if (kind === 'forward') return { hooks };
  const { after_rollback: last } = hooks;
  return last === undefined ? {} : { hooks: { after_rollback: last } };
}

function forwardSteps(ask: PlanAsk, settings: PlanSettings): readonly Step[] {
  const deploys = settings.hooks?.migrate !== undefined || settings.hooks?.deploy !== undefined;
  return [
    ...(deploys ? [{ kind: 'deploy' } as const] : []),
    { kind: 'preflight', ...settings.gates },
    switchStep(ask),
    { kind: 'verify' },
    { kind: 'smoke', checks: settings.smoke.map((check) => forSide(check, ask.to)) },
    { kind: 'bake', ...settings.bake },
    { kind: 'accept', by: settings.accept, ...settings.acceptance },
    ...persistStep(ask),
    { kind: 'drain', ...settings.drain },
  ];
}

/** A rollback or an adoption proves only what it wrote: no optional gate stands in its way. */
function takingBackSteps(ask: PlanAsk, settings: PlanSettings): readonly Step[] {
  const steps: Step[] = [switchStep(ask), { kind: 'verify' }, ...persistStep(ask)];
  // An adoption moves users from one request to the next; where they stay on a side, that side is left like any other.
  const drains = ask.kind === 'rollback' || traitsOf(ask.target).sessionsStayMs !== undefined;
  return drains ? [...steps, { kind: 'drain', ...settings.drain }] : steps;
}

/** Nothing is written at acceptance where the route keeps nothing on disk. */
function persistStep({ target }: PlanAsk): readonly Step[] {
  return traitsOf(target).disk === 'none' ? [] : [{ kind: 'persist' }];
}

function switchStep(ask: PlanAsk): Step {
  return { kind: 'switch', nodes: ask.target.nodes.map(({ node }) => node), to: ask.to };
}

function forSide(check: SmokeCheck, side: Side): SmokeCheck {
  const fill = (text: string): string => text.replaceAll('{side}', side);
  const { bodyContains, header } = check.expect;
  return {
    ...check,
    path: fill(check.path),
    headers: Object.fromEntries(
      Object.entries(check.headers).map(([name, value]) => [name, fill(value)]),
    ),
    expect: {
      ...check.expect,
      ...(bodyContains === undefined ? {} : { bodyContains: fill(bodyContains) }),
      ...(header === undefined ? {} : { header: { name: header.name, value: fill(header.value) } }),
    },
  };
}
