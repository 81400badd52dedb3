/** The files of `data/pretrained`, by name. */
export const PRETRAINED_NAMES = ["mlp", "parzen", "conditional"] as const;
export type PretrainedName = typeof PRETRAINED_NAMES[number];
