/** The trees: which part of the model each draws, and by which rows. Ids are those of package.json. */
import type { KernelModel } from "../kernel-model.ts";
import { bindingRows } from "./bindings.ts";
import { capabilityRows } from "./capabilities.ts";
import { environmentRows } from "./environments.ts";
import { extentRows } from "./extents.ts";
import { historyRows } from "./history.ts";
import { pageRows } from "./pages.ts";
import { sliceRows } from "./slices.ts";
import { KernelTree } from "./tree.ts";

export const environmentsTree = (model: KernelModel): KernelTree =>
  new KernelTree("exoscope.environments", "environments", model, ({ pictures, focused }) =>
    pictures.environments === undefined
      ? []
      : environmentRows({ ...pictures.environments, focused }),
  );

export const capabilitiesTree = (model: KernelModel): KernelTree =>
  new KernelTree("exoscope.capabilities", "capabilities", model, ({ pictures, focused }) =>
    pictures.capabilities === undefined
      ? []
      : capabilityRows({
          ...pictures.capabilities,
          environments: pictures.environments?.now.environments ?? [],
          focused,
        }),
  );

export const pagesTree = (model: KernelModel): KernelTree =>
  new KernelTree("exoscope.pages", "pages", model, ({ pictures, focused }) =>
    pictures.pages === undefined
      ? []
      : pageRows({
          ...pictures.pages,
          environments: pictures.environments?.now.environments ?? [],
          focused,
        }),
  );

export const slicesTree = (model: KernelModel): KernelTree =>
  new KernelTree("exoscope.slices", "slices", model, ({ pictures, focused }) =>
    pictures.slices === undefined
      ? []
      : sliceRows({
          ...pictures.slices,
          environments: pictures.environments?.now.environments ?? [],
          focused,
        }),
  );

export const bindingsTree = (model: KernelModel): KernelTree =>
  new KernelTree("exoscope.bindings", "bindings", model, ({ pictures, focused }) =>
    pictures.bindings === undefined
      ? []
      : bindingRows({
          ...pictures.bindings,
          environments: pictures.environments?.now.environments ?? [],
          focused,
        }),
  );

export const extentsTree = (model: KernelModel): KernelTree =>
  new KernelTree("exoscope.extents", "extents", model, ({ pictures, focused }) =>
    pictures.extents === undefined
      ? []
      : extentRows({
          ...pictures.extents,
          environments: pictures.environments?.now.environments ?? [],
          focused,
        }),
  );

export const historyTree = (model: KernelModel): KernelTree =>
  new KernelTree("exoscope.history", "history", model, ({ pictures, answers }) =>
    pictures.history === undefined ? [] : historyRows(pictures.history.now, answers),
  );
