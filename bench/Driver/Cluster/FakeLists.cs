using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Berth.Bench.Cluster;

/// <summary>The lists of the fake API server, in pages, in JSON and protobuf.</summary>
internal static class FakeLists
{
    /// <param name="context">The request.</param>
    /// <param name="fleet">All slices.</param>
    /// <param name="service">The Service of the wanted slices, or null for all.</param>
    /// <param name="protobuf">True for protobuf, false for JSON.</param>
    public static async Task WriteAsync(HttpContext context, Fleet fleet, string? service, bool protobuf)
    {
        int limit = int.TryParse(context.Request.Query["limit"], CultureInfo.InvariantCulture, out int asked) && asked > 0
            ? asked
            : int.MaxValue;
        int at = int.TryParse(context.Request.Query["continue"], CultureInfo.InvariantCulture, out int from) ? from : 0;
        List<SliceTemplate> page = [];
        for (; at < fleet.Slices.Count && page.Count < limit; at++)
        {
            if (service is null || fleet.Slices[at].Service == service)
                page.Add(fleet.Slices[at]);
        }

        while (service is not null && at < fleet.Slices.Count && fleet.Slices[at].Service != service)
            at++;
        string next = at < fleet.Slices.Count ? at.ToString(CultureInfo.InvariantCulture) : "";
        GoBuffer body = new(context.Response.BodyWriter);
        await (protobuf ? WriteProtobufAsync(body, fleet.Version, page, next) : WriteJsonAsync(body, fleet.Version, page, next));
        await body.FlushAsync();
    }

    private static async Task WriteJsonAsync(GoBuffer body, long version, List<SliceTemplate> page, string next)
    {
        string more = next.Length > 0 ? $",\"continue\":\"{next}\"" : "";
        await body.WriteAsync(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":""" +
            $$""" "{{version}}"{{more}}},"items":[""")));
        await body.FlushAsync();
        for (int i = 0; i < page.Count; i++)
        {
            if (i > 0)
                await body.WriteAsync(","u8.ToArray());
            await body.WriteAsync(page[i].Body);
        }

        await body.WriteAsync("]}"u8.ToArray());
    }

    private static async Task WriteProtobufAsync(GoBuffer body, long version, List<SliceTemplate> page, string next)
    {
        byte[] head = new ProtobufWriter()
            .Message(1, meta => meta.Text(1, "").Text(2, version.ToString(CultureInfo.InvariantCulture)).Text(3, next)).ToArray();
        byte[][] before = [.. page.Select(static slice => new ProtobufWriter().Begin(2, slice.Protobuf.Length).ToArray())];
        long length = head.Length + page.Select((slice, i) => (long)before[i].Length + slice.Protobuf.Length).Sum();
        await body.WriteAsync(new ProtobufWriter().Raw("k8s\0"u8)
            .Message(1, static type => type.Text(1, "discovery.k8s.io/v1").Text(2, "EndpointSliceList"))
                .Begin(2, length).Raw(head).ToArray());
        await body.FlushAsync();
        for (int i = 0; i < page.Count; i++)
        {
            await body.WriteAsync(before[i]);
            await body.WriteAsync(page[i].Protobuf);
        }

        await body.WriteAsync(new ProtobufWriter().Text(3, "").Text(4, "").ToArray());
    }
}
