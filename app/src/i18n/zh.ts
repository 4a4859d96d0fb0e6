/** 简体中文。Loaded when it is chosen; the compiler sees to it that no sentence is missing. */
import type { Key } from './en';
import { common } from './zh/common';
import { holder } from './zh/holder';
import { restake } from './zh/restake';
import { status } from './zh/status';
import { validators } from './zh/validators';

export const zh: Record<Key, string> = { ...common, ...holder, ...validators, ...restake, ...status };
