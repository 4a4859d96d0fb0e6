// The `repr(C)` layout of IDL types. Accounts, events and slab records are copied byte by byte on chain while the
// generated Rust decodes them field by field: both read the same as long as no type has implicit padding, and
// that is what this module checks. It also finds the record types of slabs.

const SCALARS = {
  bool: 1, u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, u64: 8, i64: 8, f64: 8, u128: 16, i128: 16,
};

/** Size and alignment in bytes of an IDL type; throws for what has no fixed layout. */
export function layoutOf(type, types) {
  if (typeof type === 'string') {
    if (type === 'pubkey') return { size: 32, align: 1 };
    if (type in SCALARS) return { size: SCALARS[type], align: SCALARS[type] };
    throw new Error(`no fixed layout: ${type}`);
  }
  if (type.array && typeof type.array[1] === 'number') {
    const item = layoutOf(type.array[0], types);
    return { size: item.size * type.array[1], align: item.align };
  }
  if (type.defined) return structLayout(type.defined.name, types);
  throw new Error(`no fixed layout: ${JSON.stringify(type)}`);
}

/** Layout of a struct of the IDL; throws if `repr(C)` would pad it. */
export function structLayout(name, types) {
  const definition = types.find((type) => type.name === name);
  if (definition?.type.kind !== 'struct') throw new Error(`${name} is not a struct of the IDL`);
  let size = 0;
  let align = 1;
  for (const field of definition.type.fields) {
    const part = layoutOf(field.type, types);
    if (size % part.align !== 0) throw new Error(`${name}.${field.name} is not aligned: pad it explicitly`);
    size += part.size;
    align = Math.max(align, part.align);
  }
  if (size % align !== 0) throw new Error(`${name} has padding at its end: pad it explicitly`);
  return { size, align };
}

/**
 * The record type of a slab, or undefined. Anchor's IDL describes the header of a slab only, so a header names its
 * record by a last field of zero length: `records: [Record; 0]`.
 */
export function slabRecord(account) {
  const last = account.type.fields.at(-1)?.type;
  return last?.array?.[1] === 0 ? last.array[0].defined?.name : undefined;
}
