const cluster = require('node:cluster');
const http = require('node:http');
const os = require('node:os');

if (cluster.isPrimary) {
	for (let i = 0; i < os.cpus().length; i++) {
		cluster.fork();
	}
	process.on('SIGTERM', () => {
		Object.values(cluster.workers).forEach((worker) => worker.kill());
		process.exit();
	});
}
else {
	http.createServer((request, response) => {
		response.setHeader('Content-Type', 'application/json');
		response.end(JSON.stringify({ id: 4711, state: 'accepted', customer: 'Ada Lovelace' }));
		setTimeout(() => {}, 50);
	}).listen(Number(process.argv[2]), '127.0.0.1');
}
