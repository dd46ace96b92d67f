module berth.example/peer

go 1.19
