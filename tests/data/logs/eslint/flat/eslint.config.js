import js from '@eslint/js';
import ts from 'typescript-eslint';

export default [
  js.configs.recommended,
  ...ts.configs.recommended,
  { rules: { '@typescript-eslint/no-explicit-any': 'warn', 'no-console': 'warn', complexity: ['error', 3] } },
];
