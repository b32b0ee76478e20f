import type { z } from 'zod';
import { apiVersion, type Component, type ComponentKind, type Plugin } from './contracts/plugin.js';

/** Types the options of a component's factory by its schema; returns it as it is. */
export function defineComponent<Kind extends ComponentKind, Options extends z.ZodObject>(
  component: Component<Kind, Options>,
): Component {
  return component as unknown as Component;
}

/** Makes the plain object that a plugin package exports by default. */
export function definePlugin(
  plugin: Omit<Plugin, 'apiVersion' | 'presets'> & Partial<Pick<Plugin, 'presets'>>,
): Plugin {
  return { presets: [], ...plugin, apiVersion };
}
