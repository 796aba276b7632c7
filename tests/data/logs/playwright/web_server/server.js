console.error('Error: DATABASE_URL is required to start the shop');
setInterval(() => {}, 1000);
