//! Where models are, and which of them serves a language.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::model::{Languages, Model, ModelError};

/// Where a model is, and the model while somebody holds it.
#[derive(Debug)]
pub struct ModelSource {
    /// `None` is the built-in one.
    directory: Option<PathBuf>,
    /// Weak, so that an idle server does not keep tens of megabytes.
    loaded: Mutex<Weak<Model>>,
}

impl ModelSource {
    /// The model in the program.
    pub fn built_in() -> Self {
        Self {
            directory: None,
            loaded: Mutex::default(),
        }
    }

    /// The model in a directory, for [`Model::from_directory`].
    pub fn directory(path: &Path) -> Self {
        Self {
            directory: Some(path.to_owned()),
            loaded: Mutex::default(),
        }
    }

    /// Whether the model serves the language of a tag such as `en` or `de-AT`; told without loading it.
    pub fn serves(&self, tag: &str) -> Result<bool, ModelError> {
        let languages = match &self.directory {
            None => Languages::built_in(),
            Some(directory) => Languages::of_directory(directory)?,
        };
        Ok(languages.hold(tag))
    }

    /// The model; loaded when nobody holds it, once however many ask at the same time.
    pub fn model(&self) -> Result<Arc<Model>, ModelError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = loaded.upgrade() {
            return Ok(model);
        }
        let model = Arc::new(match &self.directory {
            None => Model::load_built_in()?,
            Some(directory) => Model::from_directory(directory)?,
        });
        *loaded = Arc::downgrade(&model);
        Ok(model)
    }
}

/// The models of an installation: the built-in one, on which the settings of the proposals were chosen, and the operator's own
/// for languages that it does not serve.
#[derive(Debug)]
pub struct Models {
    built_in: ModelSource,
    own: Option<ModelSource>,
}

impl Models {
    /// The built-in model, and the one in that directory.
    pub fn new(directory: Option<&Path>) -> Self {
        Self {
            built_in: ModelSource::built_in(),
            own: directory.map(ModelSource::directory),
        }
    }

    /// The model for the language of a tag; `None` where neither serves it. Only that one is loaded.
    pub fn serving(&self, tag: &str) -> Result<Option<Arc<Model>>, ModelError> {
        for source in [Some(&self.built_in), self.own.as_ref()]
            .into_iter()
            .flatten()
        {
            if source.serves(tag)? {
                return source.model().map(Some);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_model_goes_first_and_only_what_serves_is_loaded() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("languages.json"), r#"["de", "en"]"#).expect("a file");
        let models = Models::new(Some(folder.path()));
        let english = models
            .serving("en-GB")
            .expect("loads")
            .expect("serves English");
        assert_eq!(english.languages(), Some(&["en".to_owned()][..]));
        assert!(models.serving("fr").expect("nothing to load").is_none());
        // The directory says that it serves German, so it is loaded, and there is no model in it.
        let error = models
            .serving("de-AT")
            .expect_err("no model there")
            .to_string();
        assert!(error.contains("model.onnx"), "{error}");
        assert!(
            Models::new(None)
                .serving("de")
                .expect("nothing to load")
                .is_none()
        );
    }
}
