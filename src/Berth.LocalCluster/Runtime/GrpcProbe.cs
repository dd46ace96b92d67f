using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// The grpc probe: the health check that gRPC defines (https://github.com/grpc/grpc/blob/master/doc/health-checking.md), without TLS. Its
/// two messages have one field each, so they are written here.
/// </summary>
internal static class GrpcProbe
{
    private const int Prefix = 5;

    /// <summary>Field 1, a varint, of HealthCheckResponse: SERVING.</summary>
    private static readonly byte[] s_serving = [0x08, 1];

    public static async Task<bool> CheckAsync(
        HttpClient http, JsonObject grpc, string address, string userAgent, CancellationToken cancellationToken)
    {
        Uri? uri = ProbeUrl.Of("http", address, grpc.Number("port") ?? 0, "/grpc.health.v1.Health/Check");
        using HttpRequestMessage request = new(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Question(grpc.Text("service") ?? "")),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);

        // An answer without a message has its status among the headers.
        bool good = Status(response.TrailingHeaders) ?? Status(response.Headers) ?? false;
        return good && answer.Length >= Prefix && answer.AsSpan(Prefix).SequenceEqual(s_serving);
    }

    /// <summary>HealthCheckRequest, whose field 1 is the service, after gRPC's flag and length.</summary>
    private static byte[] Question(string service)
    {
        byte[] name = Encoding.UTF8.GetBytes(service);
        using MemoryStream message = new();
        if (name.Length > 0)
        {
            message.WriteByte(0x0a);
            int left = name.Length;
            for (; left >= 0x80; left >>= 7)
                message.WriteByte((byte)(left | 0x80));
            message.WriteByte((byte)left);
            message.Write(name);
        }

        byte[] framed = new byte[Prefix + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), (int)message.Length);
        message.ToArray().CopyTo(framed, Prefix);
        return framed;
    }

    private static bool? Status(HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.SequenceEqual(["0"]) : null;
}
