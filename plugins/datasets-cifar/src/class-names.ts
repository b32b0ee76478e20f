import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArdError } from '@ard/core';

/** Names by label, as in the files that come with the data. */
export const cifar10ClassNames = words('airplane automobile bird cat deer dog frog horse ship truck');

export const cifar100CoarseNames = words(
  `aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices
  household_furniture insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes
  large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people reptiles small_mammals trees
  vehicles_1 vehicles_2`,
);

export const cifar100FineNames = words(
  `apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
  caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
  flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man
  maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
  plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper
  snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train
  trout tulip turtle wardrobe whale willow_tree wolf woman worm`,
);

/**
 * Names by label, from a text file of one name per line where the folder has one.
 *
 * @throws ArdError when that file does not name as many classes as there are
 */
export async function namesFrom(
  directory: string,
  name: string,
  known: readonly string[],
): Promise<readonly string[]> {
  const file = join(directory, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    // the file is a convenience; missing images are reported when they are loaded
    return known;
  }
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length !== known.length || new Set(names).size !== names.length) {
    throw new ArdError(`${file} names ${new Set(names).size} classes, expected ${known.length}`, {
      remedy: 'Delete it to use the usual names, or name the right folder with --data-dir.',
    });
  }
  return names;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}
