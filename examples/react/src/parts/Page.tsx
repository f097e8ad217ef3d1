import { useEffect, useRef, type ReactNode } from "react";
import { paths } from "../use-route";

interface Props {
  title: string;
  /** Shows a link back to the list. */
  back?: boolean;
  /** Content next to the title. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A page. It sets the title of the tab, and focuses its heading, so that a screen reader announces the page. */
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
