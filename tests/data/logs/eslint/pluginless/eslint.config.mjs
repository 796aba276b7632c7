import react from 'eslint-plugin-react';

export default [react.configs.flat.recommended];
