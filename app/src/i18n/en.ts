/** English, part by part. Other languages have the same keys: the compiler sees to it. */
import { common } from './en/common';
import { holder } from './en/holder';
import { restake } from './en/restake';
import { status } from './en/status';
import { validators } from './en/validators';

export const en = { ...common, ...holder, ...validators, ...restake, ...status };
export type Key = keyof typeof en;
