// A gRPC client that goes round the pods of service-b, calls one of them by name, and keeps each room on one pod.
using System.Globalization;
using Berth;
using Berth.Grpc;
using Berth.Kubernetes;
using Grpc.Core;
using Grpc.Net.Client;
using Samples.Grpc;

int basePort = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3000;

await using EndpointDirectory berth = KubernetesEndpoints.Connect();
using GrpcChannel channel = GrpcChannel.ForAddress(
    "berth:///service-b.k8s-example2",
    new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure }.UseBerth(
        berth, new BerthGrpcOptions { Ports = PortScheme.PerOrdinal(basePort) }));
Rooms.RoomsClient rooms = new(channel);

Console.WriteLine($"any pod: {await JoinAsync([])}");
Console.WriteLine($"service-b-1: {await JoinAsync(new Metadata { { BerthMetadata.Pod, "service-b-1" } })}");
Console.WriteLine($"room 17: {await JoinAsync(new Metadata { { BerthMetadata.Key, "room 17" } })}");
Console.WriteLine($"room 17 again: {await JoinAsync(new Metadata { { BerthMetadata.Key, "room 17" } })}");
Console.WriteLine($"service-b-9: {await JoinAsync(new Metadata { { BerthMetadata.Pod, "service-b-9" } })}");

async Task<string> JoinAsync(Metadata headers)
{
    try
    {
        return (await rooms.JoinAsync(new JoinRequest { Room = "17" }, headers)).Pod;
    }
    catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
    {
        return exception.Status.Detail;
    }
}
