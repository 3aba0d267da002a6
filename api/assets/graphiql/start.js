// Starts GraphiQL against this server: queries and mutations over HTTP, subscriptions over graphql-transport-ws.
"use strict";

(() => {
  const endpoint = new URL("/graphql", window.location.href);
  const socket = new URL("/graphql/ws", window.location.href);
  socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

  const welcome = `# Diwan's API.
# Ctrl-Space suggests, Ctrl-Enter runs,
# the book on the left documents.
#
# Put a token in the Headers tab below:
#   { "Authorization": "Bearer ..." }
# Subscriptions send it when they connect.

query Hello {
  __typename
}
`;

  // What the Headers tab held when the last operation was started.
  let headers = {};

  const base = GraphiQL.createFetcher({
    url: endpoint.href,
    wsClient: graphqlWs.createClient({
      url: socket.href,
      lazy: true,
      // Connect anew for a subscription started later, so that changed headers count.
      lazyCloseTimeout: 0,
      connectionParams: () => headers,
    }),
  });

  const fetcher = (operation, options) => {
    headers = (options && options.headers) || {};
    // Each run is a new request; a key set in the Headers tab repeats one.
    const key = { "Idempotency-Key": crypto.randomUUID() };
    return base(operation, { ...options, headers: { ...key, ...headers } });
  };

  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: welcome,
      defaultEditorToolsVisibility: "headers",
      isHeadersEditorEnabled: true,
      // Tokens stay out of the browser's storage.
      shouldPersistHeaders: false,
      showPersistHeadersSettings: false,
    }),
  );
})();
