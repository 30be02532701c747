<?php
header('Content-Type: application/json');
echo json_encode(['id' => 4711, 'state' => 'accepted', 'customer' => 'Ada Lovelace']);
fastcgi_finish_request();
usleep(50000);
