"use client";
import { useEffect, useState } from "react";
import { estimateCredits } from "sd2-client";
import { program } from "../../program.js";

// The price is there when the server renders the page, too.
const price = () => estimateCredits({ model: "sd2" }).total;

export default function Page() {
  const [told, setTold] = useState();
  useEffect(() => {
    program(new URLSearchParams(location.search).get("api")).then(setTold, error =>
      setTold({ failed: `${error} ${error?.stack}` }),
    );
  }, []);
  return (
    <>
      <p id="price">{price()}</p>
      {told && <pre id="told">{JSON.stringify(told)}</pre>}
    </>
  );
}
