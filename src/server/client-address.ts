import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Returns the address of the client that a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string | undefined;

/**
 * Finds the address of each client: that of its connection, or, if that is the address of a trusted proxy, the one that the proxy
 * has added to `X-Forwarded-For`. Anybody else can write any address into this header.
 * @param proxies addresses and subnets, e.g. `10.0.0.0/8`
 * @throws {Error} if one of them is neither
 */
export function createClientAddress(proxies: readonly string[]): ClientAddress {
  const trusted = toBlockList(proxies);
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  return ({ socket, headers }) => {
    let address = toAddress(socket.remoteAddress);
    const forwarded = proxies.length > 0 ? String(headers["x-forwarded-for"] ?? "").split(",") : [];
    // Each proxy adds the address of its own client at the end.
    while (address !== undefined && isTrusted(address)) {
      const previous = toAddress(forwarded.pop());
      if (previous === undefined) break;
      address = previous;
    }
    return address;
  };
}

/** @returns undefined if the text is no IP address. An IPv4 address that is mapped to IPv6 becomes IPv4 again */
function toAddress(text = ""): string | undefined {
  const address = text.trim().replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) === 0 ? undefined : address;
}

function toBlockList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", prefix] = proxy.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else if (/^\d+$/.test(prefix)) list.addSubnet(address, Number(prefix), family);
    else throw new Error(`Expected an address or a subnet, e.g. 10.0.0.0/8; received ${JSON.stringify(proxy)}.`);
  }
  return list;
}
