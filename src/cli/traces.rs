//! Traces for a collector, by OpenTelemetry's own variables; without an address there are none.

use std::borrow::Cow;
use std::time::Duration;

use anyhow::{Context, bail};
use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry::{KeyValue, StringValue, Value};
use opentelemetry_otlp::WithHttpConfig;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use super::terminal;
use crate::report::redaction::redacted;

/// Where traces go: the one for traces before the one for everything.
const ADDRESSES: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];
const PROTOCOLS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
];
/// How long the end waits for the collector.
const PATIENCE: Duration = Duration::from_secs(5);

/// What sends traces.
pub struct Traces(SdkTracerProvider);

/// Begins to send traces where a collector is named.
///
/// # Errors
///
/// When its address or its protocol is none that is spoken here.
pub fn begin() -> anyhow::Result<Option<Traces>> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let first = |names: [&'static str; 2]| {
        let mut found = names
            .into_iter()
            .filter_map(|name| Some((name, set(name)?)));
        found.next()
    };
    let is_off = set("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || set("OTEL_TRACES_EXPORTER").is_some_and(|value| value == "none");
    let Some((name, address)) = first(ADDRESSES).filter(|_| !is_off) else {
        return Ok(None);
    };
    if !["http://", "https://"]
        .iter()
        .any(|start| address.starts_with(start))
    {
        bail!("{name} must be an `http://` or `https://` address");
    }
    if let Some((name, protocol)) = first(PROTOCOLS).filter(|(_, value)| value != "http/protobuf") {
        bail!(
            "{name} must be `http/protobuf`, not `{}`",
            protocol.escape_debug()
        );
    }
    // The client takes the ciphers that the process has. Where some are set they stay.
    let _are_set = rustls::crypto::ring::default_provider().install_default();
    let exporter = || opentelemetry_otlp::SpanExporter::builder().with_http();
    let exporter = match exporter().build() {
        // A machine without any certificate can still send in the open.
        Err(_) if address.starts_with("http://") => {
            let client = reqwest::blocking::Client::builder().tls_certs_only([]);
            let client = client.timeout(PATIENCE).build();
            let client = client.context("cannot send traces")?;
            exporter().with_http_client(client).build()
        }
        built => built,
    };
    let exporter = exporter.context("cannot send traces")?;
    let resource = Resource::builder();
    let names =
        set("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|value| value.contains("service.name="));
    let resource = match set("OTEL_SERVICE_NAME") {
        None if !names => resource.with_service_name("highwater"),
        _ => resource,
    };
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(Redacting(exporter))
        .with_resource(resource.build());
    Ok(Some(Traces(provider.build())))
}

impl Traces {
    /// Takes the spans of this program; those of libraries may hold what they were called with.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        let own = Targets::new().with_target("highwater", tracing::Level::INFO);
        let tracer = self.0.tracer("highwater");
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_filter(own)
    }

    /// Sends what is not sent yet. Must not be called where the runtime runs.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            terminal::tell(&format!("the last traces could not be sent: {error}"));
        }
    }
}

/// Takes secrets away before anything leaves the machine, and calls requests what collectors call
/// them.
#[derive(Debug)]
struct Redacting<E>(E);

impl<E: SpanExporter> SpanExporter for Redacting<E> {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        self.0.export(batch.into_iter().map(sent).collect())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// A span as it is sent.
fn sent(mut span: SpanData) -> SpanData {
    hide(&mut span.attributes);
    for event in &mut span.events.events {
        event.name = Cow::Owned(redacted(&event.name).into_owned());
        hide(&mut event.attributes);
    }
    if let Status::Error { description } = &mut span.status {
        *description = Cow::Owned(redacted(description).into_owned());
    }
    if span.name == "request" {
        span.span_kind = SpanKind::Server;
        span.name = Cow::Owned(called(&mut span.attributes));
    }
    span
}

fn hide(attributes: &mut [KeyValue]) {
    for attribute in attributes {
        if let Value::String(text) = &attribute.value
            && let Cow::Owned(text) = redacted(text.as_str())
        {
            attribute.value = Value::String(StringValue::from(text));
        }
    }
}

/// Names what is known of a request by the conventions; gives back what it is called.
fn called(attributes: &mut [KeyValue]) -> String {
    let (mut method, mut route) = (String::new(), String::new());
    for attribute in attributes {
        let name = match attribute.key.as_str() {
            "method" => {
                method = attribute.value.to_string();
                "http.request.method"
            }
            "route" => {
                route = attribute.value.to_string();
                "http.route"
            }
            "status" => "http.response.status_code",
            _ => continue,
        };
        attribute.key = name.into();
    }
    format!("{method} {route}")
}
