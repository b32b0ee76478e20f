import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports by pattern, with the reason that the reader of the error needs. */
function forbidImports(files, ...patterns) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: patterns.map(([group, message]) => ({ group: [group].flat(), message })) },
      ],
    },
  };
}

const plugins = ['@ard/plugin-*', '@ard/plugin-*/**'];
const inside = [['@ard/*/dist/**', '@ard/*/src/**'], 'Import the public entry of the package.'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'runs/', '**/*.d.ts'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js', '*.mjs', 'packages/cli/bin/*.js'] } },
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      // forgotten awaits are how training loops go wrong silently
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name='only'][callee.object.name=/^(describe|it|context)$/]",
          message: 'A focused test hides all others.',
        },
      ],
    },
  },
  {
    // chai's assertions are expressions; test helpers need no declared return types
    files: ['**/test/**/*.ts', 'test/**/*.ts', 'packages/testkit/src/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  forbidImports(
    ['plugins/*/src/**/*.ts'],
    [plugins, 'Plugins never import each other; share code through a library package.'],
    ['@ard/core/*', "Plugins use core's public entry, @ard/core, only."],
    [['@ard/cli', '@ard/report', '@ard/testkit'], 'Plugins know nothing of the command line.'],
    inside,
  ),
  forbidImports(
    ['packages/core/src/**/*.ts'],
    ['@ard/*', 'Core depends on no other package of the house.'],
    inside,
  ),
  forbidImports(
    ['packages/{nn,compiler,data,checkpoints,eager,download}/src/**/*.ts'],
    [plugins, 'Libraries never import plugins.'],
    ['@ard/core/*', "Libraries use core's public entry, @ard/core, only."],
    [['@ard/cli', '@ard/report', '@ard/testkit'], 'Dependencies point from the command line to libraries.'],
    inside,
  ),
  forbidImports(
    ['packages/{report,testkit}/src/**/*.ts'],
    [plugins, 'Libraries never import plugins.'],
    [['@ard/cli'], 'Dependencies point from the command line to libraries.'],
    inside,
  ),
  forbidImports(
    ['packages/cli/src/**/*.ts'],
    [plugins, 'The command line loads plugins at run time, by name.'],
    inside,
  ),
);
