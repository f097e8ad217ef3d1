import { useEffect, useRef, type ReactNode } from "react";
import { paths } from "../use-route.ts";

interface Props {
  title: string;
  /** Whether to show the way back to the list. */
  back?: boolean;
  /** What stands beside the title. */
  aside?: ReactNode;
  children: ReactNode;
}

/** One page: it names the tab, and its heading takes the focus, so that a screen reader says where one is. */
export function Page({ title, back, aside, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <title>{`${title} · Identities`}</title>
      {back && (
        <a className="back" href={paths.list}>
          <span aria-hidden="true">←</span> All identities
        </a>
      )}
      <div className="title">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </>
  );
}
