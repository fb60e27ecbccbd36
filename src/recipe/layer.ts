/** A recipe's header as a layer of the settings. */
import type { Layer } from "../session/settings.ts";
import type { Recipe } from "./recipe.ts";

export function layerOf({ source, header }: Recipe): Layer {
  const { connect, protocol, leave } = header;
  return {
    origin: `recipe ${source.path}`,
    values: {
      ...(connect === undefined ? {} : { connect }),
      ...(protocol === undefined ? {} : { protocol }),
      ...(leave === undefined ? {} : { leave }),
    },
  };
}
