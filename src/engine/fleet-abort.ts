import { setMaxListeners } from 'node:events';

/** A controller whose signal every exchange with every node of a fleet listens to at once: Node warns of eleven. */
export function fleetAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
