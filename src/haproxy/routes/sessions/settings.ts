import { z } from 'zod';
import { type RouteForm, type RouteSettings, routeForm } from '../../../config/route-settings.ts';
import { byHealthForm } from './health/settings.ts';
import { byServersForm } from './servers/settings.ts';
import { zoneCookieForm } from './zone-cookie/settings.ts';

/** How each way is written: one line per `by`. */
const forms: Readonly<Record<string, RouteForm>> = {
  servers: byServersForm,
  health: byHealthForm,
  zone_cookie: zoneCookieForm,
};

const ways = Object.keys(forms).join(' or ');
const built = (by: unknown) => typeof by === 'string' && Object.hasOwn(forms, by);

/** For a `by` that is none: nothing else of such a route can be checked. */
const noForm = routeForm(
  {
    route: z.looseObject({ by: z.custom<string>(built, { error: ways }) }),
    sides: z.unknown().optional(),
  },
  ({ settings }) => {
    throw new Error(`No route sessions by ${settings.route.by} is built into this version.`);
  },
);

/** `route: { kind: sessions, by: <way> }`; the way has its own keys and its own sides. */
export const sessionsSettings: RouteSettings = {
  kind: 'sessions',
  formOf: ({ by }) => (typeof by === 'string' && built(by) ? forms[by] : undefined) ?? noForm,
};
