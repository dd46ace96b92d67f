using Berth.Bench.Clients;

// The peers, by name:
//   get KUBECONFIG NAMESPACE SERVICE URL      the seed's way: a GET of the slices for each request
//   watch KUBECONFIG NAMESPACE SERVICE URL    list and watch into a dictionary, as people write it
//   allocate KUBECONFIG NAMESPACE SERVICE URL  a PATCH of a pod for each request
//   list-official KUBECONFIG NAMESPACE SERVICE WARM-UP-SERVICE  one first list, then what it cost
//   list-berth KUBECONFIG NAMESPACE SERVICE WARM-UP-SERVICE     the same through Berth
//   list-streaming KUBECONFIG NAMESPACE SERVICE WARM-UP-SERVICE the same as a streaming list
//   list-targets KUBECONFIG NAMESPACE SERVICE SERVICE WARM-UP-SERVICE     the first lists of two Services of one cluster, through Berth
//   list-clusters KUBECONFIG KUBECONFIG NAMESPACE SERVICE WARM-UP-SERVICE  one Service of two clusters as one set
return args switch
{
    ["get", var config, var ns, var service, var url] => await GetServer.RunAsync(config, ns, service, url),
    ["watch", var config, var ns, var service, var url] => await WatchServer.RunAsync(config, ns, service, url),
    ["allocate", var config, var ns, var service, var url] => await AllocateServer.RunAsync(config, ns, service, url),
    ["list-official", var config, var ns, var service, var warmUp] => await FirstList.OfficialAsync(config, ns, service, warmUp),
    ["list-berth", var config, var ns, var service, var warmUp] =>
        await FirstList.BerthAsync(config, ns, service, warmUp, streaming: false),
    ["list-streaming", var config, var ns, var service, var warmUp] =>
        await FirstList.BerthAsync(config, ns, service, warmUp, streaming: true),
    ["list-targets", var config, var ns, var one, var other, var warmUp] =>
        await FirstList.TargetsAsync(config, ns, one, other, warmUp),
    ["list-clusters", var config, var second, var ns, var service, var warmUp] =>
        await FirstList.ClustersAsync(config, second, ns, service, warmUp),
    _ => 2,
};
