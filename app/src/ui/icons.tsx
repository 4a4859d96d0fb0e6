/** Line icons, drawn on a grid of 24 with one width of pen. They never speak: text beside them does. */
const PATHS = {
  stake: 'M12 3v11m0 0-4-4m4 4 4-4M4 20c2.700-1.600 5.300-1.600 8 0s5.300 1.600 8 0',
  unstake: 'M12 14V3m0 0L8 7m4-4 4 4M4 20c2.700-1.600 5.300-1.600 8 0s5.300 1.600 8 0',
  portfolio: 'M4 20h16M6 16v-4m4 4V8m4 8v-6m4 6V5',
  validators: 'M5 4h14v6H5zM5 14h14v6H5zM8.500 7h.010M8.500 17h.010M12 7h4m-4 10h4',
  restake: 'M12 3l8 4v5c0 4.500-3.200 7.700-8 9-4.800-1.300-8-4.500-8-9V7zM9 12l2.200 2.200L15.500 10',
  status: 'M3 12h4l3-8 4 16 3-8h4',
  settings: 'M4 7h9m5 0h2M4 17h2m5 0h9M13 7a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0M6 17a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0',
  wallet: 'M4 7.500A2.500 2.500 0 0 1 6.500 5H18v4M4 7.500V18a1 1 0 0 0 1 1h15V9H6.500A2.500 2.500 0 0 1 4 7.500M16.500 14h.010',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  done: 'M5 12.500l4.500 4.500L19 7',
  warn: 'M12 4 2.500 20h19zM12 10v4m0 3h.010',
  down: 'M6 9l6 6 6-6',
  out: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The gate, the water below it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="mark-gate" d="M8 5v22M24 5v22M8 9h16v7H8z" />
      <path className="mark-water" d="M10.500 22c1.800-1.700 3.700-1.700 5.500 0s3.700 1.700 5.500 0" />
    </svg>
  );
}
