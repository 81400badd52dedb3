/** The files of `data/pretrained`, by name. */
export const PRETRAINED_NAMES = ["mlp", "parzen", "conditional"] as const;
/** One of `PRETRAINED_NAMES`. */
export type PretrainedName = typeof PRETRAINED_NAMES[number];
