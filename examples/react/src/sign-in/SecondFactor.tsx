import { kratosUrl } from "./kratos";

interface Props {
  /** Where Kratos starts the login flow for the second factor. */
  path: string;
  /** Opens it in another tab, so that nothing on this page is lost. */
  keepsPage?: boolean;
}

/** Leads to Kratos' page for the second factor, which returns here. */
export function SecondFactor({ path, keepsPage }: Props) {
  return (
    <div className="panel" role="alert">
      <p>Your account is protected with a second factor, e.g. a code from an app. You have signed in without it.</p>
      <a className="button primary" href={`${kratosUrl(path)}&return_to=${encodeURIComponent(location.href)}`} target={keepsPage ? "_blank" : undefined}>
        {keepsPage ? "Continue with the second factor in a new tab" : "Continue with the second factor"}
      </a>
    </div>
  );
}
