export default {
  fetch: () => Response.json({ total: 200 }),
};
