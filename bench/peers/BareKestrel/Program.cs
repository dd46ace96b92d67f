// One handler, no routing: always the same answer, with the bytes and headers of service A.
//   BareKestrel URL [TEXT]
byte[] body = System.Text.Encoding.UTF8.GetBytes(args.Length > 1 ? args[1] : "10.100.100.100:3000");
WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(static options => options.AddServerHeader = false).UseUrls(args[0]);
WebApplication app = builder.Build();
app.Run(context =>
{
    context.Response.ContentType = "text/plain; charset=utf-8";
    context.Response.Headers.CacheControl = "no-store";
    context.Response.ContentLength = body.Length;
    ValueTask<System.IO.Pipelines.FlushResult> sent = context.Response.BodyWriter.WriteAsync(body);
    return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask();
});
await app.RunAsync();
