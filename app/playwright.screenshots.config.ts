import base from './playwright.config';

/** `npm run screenshots`: pictures of every page into app/screenshots. */
export default { ...base, testMatch: 'screenshots.ts' };
