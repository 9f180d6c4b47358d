UPDATE push_devices SET proved_at = 2000 WHERE id = 'psh_1';
