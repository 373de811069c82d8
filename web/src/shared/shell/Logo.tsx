/** The mark: goods under one roof. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#3f51d1" />
      <path d="M16 6 6.5 13h19z" fill="#fff" />
      <rect x="8.5" y="15" width="6.5" height="4.8" rx="1" fill="#fff" />
      <rect x="17" y="15" width="6.5" height="4.8" rx="1" fill="#fff" opacity=".72" />
      <rect x="8.5" y="21.4" width="15" height="4.6" rx="1" fill="#fff" opacity=".9" />
    </svg>
  );
}
