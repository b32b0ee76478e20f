import Compare from './commands/compare.js';
import DataCheck from './commands/data/check.js';
import DataFetch from './commands/data/fetch.js';
import Doctor from './commands/doctor.js';
import Evaluate from './commands/evaluate.js';
import Explain from './commands/explain.js';
import Export from './commands/export.js';
import Inspect from './commands/inspect.js';
import List from './commands/list.js';
import PluginsInstall from './commands/plugins/install.js';
import PluginsList from './commands/plugins/list.js';
import PluginsRemove from './commands/plugins/remove.js';
import Show from './commands/show.js';
import TeacherAdd from './commands/teacher/add.js';
import TeacherList from './commands/teacher/list.js';
import TeacherRemove from './commands/teacher/remove.js';
import TeacherShow from './commands/teacher/show.js';
import Train from './commands/train.js';

/** Every command. None imports anything heavy before it runs, or `ard --help` would wait for it. */
export const commands = {
  compare: Compare,
  'data:check': DataCheck,
  'data:fetch': DataFetch,
  doctor: Doctor,
  evaluate: Evaluate,
  explain: Explain,
  export: Export,
  inspect: Inspect,
  list: List,
  'plugins:install': PluginsInstall,
  'plugins:list': PluginsList,
  'plugins:remove': PluginsRemove,
  show: Show,
  'teacher:add': TeacherAdd,
  'teacher:list': TeacherList,
  'teacher:remove': TeacherRemove,
  'teacher:show': TeacherShow,
  train: Train,
};
