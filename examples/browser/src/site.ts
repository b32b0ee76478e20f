/** What `site.json` tells the page about the student. Written by the build, read by the page. */
export interface Site {
  readonly name: string;
  readonly classNames: readonly string[];
  /** Of the images that the student takes, in pixels. */
  readonly shape: { readonly height: number; readonly width: number; readonly channels: number };
  /** Files beside `site.json`. */
  readonly classifier: string;
  readonly gradient: string;
  readonly samples: readonly Sample[];
  /** Radius that the page starts with, in pixel units of [0, 1]. */
  readonly epsilon: number;
  readonly accuracy?: SiteAccuracy;
}

export interface Sample {
  readonly file: string;
  /** Index into `classNames`. */
  readonly label: number;
}

/** Measured on test images; fractions in [0, 1], null for classes without images. */
export interface SiteAccuracy {
  /** Images measured. */
  readonly samples: number;
  readonly clean: ClassAccuracy;
  /** Right under every attack of `attacks`. */
  readonly robust?: ClassAccuracy;
  /** The settings in words. */
  readonly attacks: readonly string[];
}

export interface ClassAccuracy {
  readonly average: number | null;
  /** `[classes]` */
  readonly perClass: readonly (number | null)[];
}
