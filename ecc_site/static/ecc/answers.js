// What becomes of the server's answers to a script.

// The one element that the server rendered.
export const elementOf = (html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;

// Who is signed out is led to sign in, and from there back to this page.
export function followToSignIn(response) {
  const address = response.headers.get("HX-Redirect");
  if (!address) return response;
  location.assign(address);
  return new Promise(() => {}); // the page goes away
}
